// Passkeys: asks the device what the server wants to know, and sends its answer with the form around the button.
// Without script, or in a browser that knows no passkeys, the form stays hidden and words say what to do instead.

const able = window.isSecureContext && window.PublicKeyCredential && navigator.credentials;

function bytes(text) {
  const padded = text.replace(/-/g, '+').replace(/_/g, '/').padEnd(Math.ceil(text.length / 4) * 4, '=');
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(letters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

async function question(part) {
  const token = part.querySelector('[name=csrf_token]').value;
  const headers = { 'X-CSRFToken': token, Accept: 'application/json' };
  const answer = await fetch(part.dataset.question, { method: 'POST', headers, redirect: 'error' });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const asked = await answer.json();
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const name of ['allowCredentials', 'excludeCredentials']) {
    for (const known of asked[name] || []) known.id = bytes(known.id);
  }
  return asked;
}

function written(credential) {
  const response = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

async function ask(part, form) {
  const said = part.querySelector('[data-passkey-said]');
  said.textContent = '';
  try {
    const publicKey = await question(part);
    const credential = await navigator.credentials[part.dataset.passkey]({ publicKey });
    form.elements.credential.value = written(credential);
    form.submit();
  } catch (error) {
    const words = { NotAllowedError: 'stopped', AbortError: 'stopped', InvalidStateError: 'known' };
    said.textContent = part.dataset[words[error.name] || 'failed'];
  }
}

for (const part of document.querySelectorAll('[data-passkey]')) {
  if (!able) break;
  const form = part.querySelector('form');
  form.hidden = false;
  part.querySelector('[data-passkey-without]').hidden = true;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    ask(part, form);
  });
}
