// Warns two minutes before who is signed in would be signed out for doing nothing, and keeps them in at a press.
// How long is left the server says (<dialog data-idle="seconds" data-stay="/address">), and it is asked again before
// anything is shown: another tab may have been used meanwhile. Without this script nothing is lost either, since a
// form that comes too late is handed back with what was typed.
const WARN = 120 * 1000;
const LOOK = 5 * 1000;
const ANOTHER = 400; // the form's token is of another sign-in

class Idle {
  constructor(dialog) {
    this.dialog = dialog;
    [this.title, this.soon, this.over] = dialog.children;
    this.words = dialog.querySelector("[role=status]");
    this.until(Number(dialog.dataset.idle));
    this.timer = setInterval(() => this.look(), LOOK);
    document.addEventListener("visibilitychange", () => this.look());
    // However the warning is put away, somebody is there.
    dialog.addEventListener("close", () => this.timer && this.ask({ stay: "yes" }));
  }

  until(seconds) {
    this.end = Date.now() + seconds * 1000;
  }

  get left() {
    return this.end - Date.now();
  }

  async ask(more = {}) {
    const body = new URLSearchParams({ csrf_token: this.soon.elements.csrf_token.value, ...more });
    try {
      const answer = await fetch(this.dialog.dataset.stay, { method: "POST", body, redirect: "error", cache: "no-store" });
      if (answer.ok) this.until((await answer.json()).seconds);
      else if (answer.status === ANOTHER) this.until(0);
    } catch {
      // Nobody answers: what was said last holds.
    }
  }

  async look() {
    if (this.asking || !this.timer || this.left > WARN) return;
    if (!this.dialog.open || this.left <= 0) {
      this.asking = true;
      await this.ask();
      this.asking = false;
    }
    if (this.left <= 0) this.tell();
    else if (this.left <= WARN) this.warn();
    else if (this.dialog.open) this.put_away();
  }

  warn() {
    const minutes = Math.ceil(this.left / 60000);
    const text = minutes > 1 ? this.dialog.dataset.minutes.replace("{m}", minutes) : this.dialog.dataset.minute;
    if (!this.dialog.open) this.dialog.showModal();
    if (this.words.textContent !== text) this.words.textContent = text;
  }

  put_away() {
    const timer = this.timer;
    this.timer = null; // closed by this script, not by a person
    this.dialog.close();
    this.timer = timer;
  }

  tell() {
    clearInterval(this.timer);
    this.timer = null;
    this.title.textContent = this.dialog.dataset.over;
    this.soon.hidden = true;
    this.over.hidden = false;
    if (!this.dialog.open) this.dialog.showModal();
  }
}

for (const dialog of document.querySelectorAll("[data-idle]")) {
  if (dialog.showModal) new Idle(dialog);
}
