// What makes pages handier. No page needs it: everything works by links and forms.
"use strict";

// A letter is shown as it looks without being asked for, as soon as what it stands in is open: one after the other, since a
// form fills one frame at a time.
const look = (button) => new Promise((done) => {
  const letter = button.closest(".letter");
  letter.querySelector("details.look").open = true;
  letter.querySelector("details.words-alone").open = false;
  letter.querySelector("iframe").addEventListener("load", done, { once: true });
  button.hidden = true;
  button.form.requestSubmit(button);
});
let looks = Promise.resolve();
for (const button of document.querySelectorAll("button[name=look]")) {
  const show = () => { looks = looks.then(() => look(button)); };
  const closed = button.closest(".letter").closest("details:not([open])");
  if (closed) closed.addEventListener("toggle", show, { once: true }); else show();
}
