// Counts down what the server wrote: <span data-due="…Z" data-now="…Z" data-hours="{h} h {m} min left" …>.
// The server's words stand if this never runs. Its clock is trusted, not the reader's: data-now is the
// server's time when the page was made, and only the time that passed since is taken from here.
const MINUTE = 60 * 1000;

function words(clock, minutes) {
  const late = minutes < 0;
  const whole = late ? Math.floor(-minutes) : Math.ceil(minutes);
  const hours = Math.floor(whole / 60);
  const pattern = clock.dataset[(late ? "late" : "left") + (hours ? "Hours" : "Minutes")];
  return pattern.replace("{h}", hours).replace("{m}", hours ? String(whole % 60).padStart(2, "0") : whole);
}

function show(clock) {
  const rendered = Date.parse(clock.dataset.now);
  clock.dataset.seen ??= String(performance.now());
  const passed = performance.now() - Number(clock.dataset.seen);
  const minutes = (Date.parse(clock.dataset.due) - rendered - passed) / MINUTE;
  const text = words(clock, minutes);
  if (clock.textContent !== text) clock.textContent = text;
  clock.classList.toggle("app-clock--late", minutes < 0);
}

function tick() {
  document.querySelectorAll("[data-due]").forEach(show);
}

document.addEventListener("app:live", tick);
document.addEventListener("visibilitychange", tick);
setInterval(tick, MINUTE / 4);
tick();
