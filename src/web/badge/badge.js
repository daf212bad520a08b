// The badge on a unit's page. Served without these lines and needless blanks (`script.rs`); behind it stands what it is
// called with: `hosts` (1: the site's own, 2: with all below it, 0: somebody else's), the badge code, the picture's colour,
// and whether the badge is in force.
// It runs in the unit's page: ES5, no names left behind, nothing evaluated, no text put in as markup, no style, no storage.
// Blanks in its strings would be lost.
(function (hosts, code, colour, good) {
    // `me`: the element this script was loaded by. Old browsers do not say; they run the last one so far.
    var d = document, me = d.currentScript, all = d.scripts, i, host, reach, root;
    if (!me || !me.src)
        for (i = all.length; i-- && (me = all[i]).src.indexOf(code) < 0;) me = 0;
    if (!me) return;

    // Picture and certificate lie where the script came from: a page's policy needs to name one host, and http and https
    // are not mixed.
    root = me.src.split('/js/')[0];

    // From the page's host up: the first name that stands in the table decides.
    host = location.hostname.replace(/\.$/, '').replace(/(xn--zfr164b|xn--55qw42g|\u653f\u52a1|\u516c\u76ca)\.cn$/, '$1');
    for (i = 1; host && !((reach = hosts[host]) >= 0); i = 2) host = host.replace(/^[^.]*\.?/, '');
    good = good && reach >= i;

    function fill(span) {
        var a = d.createElement('a'), img = d.createElement('img');
        a.href = root + '/verify/' + code;
        a.target = '_blank';
        a.rel = 'noopener';
        // By the page's origin the certificate tells whether the badge is the page's own: that much is passed on, no more.
        a.setAttribute('referrerpolicy', 'origin');
        img.id = 'imgConac';
        img.alt = '\u7f51\u7ad9\u6807\u8bc6' + (good ? '' : '\u5f02\u5e38');
        img.width = img.height = 80;
        img.border = 0;
        img.src = root + '/image/' + colour + (good ? '' : '_error') + '.png?' + code;
        a.appendChild(img);
        span.appendChild(a);
    }

    // Fills every place that is empty. Without any, the badge appears where the script stands in the body.
    function show() {
        var spans = d.querySelectorAll('#_ideConac,._ideConac'), by = me.parentNode, i, span, done;
        for (i = 0; span = spans[i++];) {
            done = done || span === me.previousElementSibling;
            if (!span.querySelector('a')) done = !fill(span);
        }
        if (!done && by && by !== d.head) {
            span = d.createElement('span');
            span.id = '_ideConac';
            by.insertBefore(span, me);
            fill(span);
        }
    }

    // What is loaded beside the page may come before its place.
    if (me.async && d.readyState === 'loading') d.addEventListener('DOMContentLoaded', show);
    else show();
})
