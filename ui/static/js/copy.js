// Copies what stands on the page: <p hidden><button data-copy="id" data-copied="…" data-not-copied="…">.
// Without this script, or where the browser keeps pages from the clipboard, the text is there to be selected.
const SHOWN = 4000;

function say(text) {
  const note = document.getElementById("live-note");
  if (note) note.textContent = text;
}

async function copy(button, label) {
  let said = button.dataset.copied;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  } catch {
    said = button.dataset.notCopied;
  }
  button.textContent = said;
  say(said);
  setTimeout(() => (button.textContent = label), SHOWN);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.parentElement.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", () => copy(button, label));
}
