// Keeps a part of the page fresh: <div data-live="/fragment" data-every="30" data-note="The list was updated.">.
// Asks with the last ETag, so an unchanged list costs a 304. Says in the page's role=status what changed.
// Stops while the page is hidden, and does not replace a part the reader is working in.
const FEWEST_SECONDS = 1;
const MOST_SECONDS = 600;

class LivePart {
  constructor(element) {
    this.element = element;
    this.every = Math.max(FEWEST_SECONDS, Number(element.dataset.every) || 30);
    this.wait = this.every;
    this.etag = element.dataset.etag || null;
    this.timer = null;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.stop() : this.ask()));
    if (!document.hidden) this.later();
  }

  later() {
    this.stop();
    this.timer = setTimeout(() => this.ask(), this.wait * 1000);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  async ask() {
    this.stop();
    try {
      const headers = { Accept: "text/html" };
      if (this.etag) headers["If-None-Match"] = this.etag;
      const answer = await fetch(this.element.dataset.live, { headers, redirect: "error", cache: "no-store" });
      if (answer.status === 200) await this.take(answer);
      this.wait = answer.ok || answer.status === 304 ? this.every : Math.min(this.wait * 2, MOST_SECONDS);
    } catch {
      this.wait = Math.min(this.wait * 2, MOST_SECONDS);
    }
    if (!document.hidden) this.later();
  }

  async take(answer) {
    const html = await answer.text();
    if (this.element.contains(document.activeElement)) return;
    const first = this.etag === null;
    this.etag = answer.headers.get("ETag");
    if (html.trim() === this.shown) return;
    this.shown = html.trim();
    this.element.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    document.dispatchEvent(new CustomEvent("app:live"));
    if (!first) this.say();
  }

  say() {
    const note = document.getElementById("live-note");
    if (note && this.element.dataset.note) note.textContent = this.element.dataset.note;
  }
}

document.querySelectorAll("[data-live]").forEach((element) => new LivePart(element));
