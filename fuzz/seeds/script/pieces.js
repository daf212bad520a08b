var h='<p>';h+='x'+f(1)+`a${b}`;/* conac */ // no
document.write(['<i>','x'].join(''));e.innerHTML=m?'<a>':"<b>";re=/["']/g;