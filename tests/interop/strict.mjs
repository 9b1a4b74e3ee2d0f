// Strict base64url and JSON, written from docs/protocol.md. Everything that is not exactly right throws.

const MAX_DEPTH = 8;
const MAX_INTEGER = 2n ** 53n;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

export function unbase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("not base64url");
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw new Error("not canonical base64url");
  return bytes;
}

export function readObject(bytes) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const reader = new Reader(text);
  const value = reader.value(1);
  reader.space();
  if (reader.at !== text.length) throw new Error("something after the value");
  if (typeof value !== "object" || Array.isArray(value)) throw new Error("not an object");
  return value;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  space() {
    while (this.at < this.text.length && " \t\n\r".includes(this.text[this.at])) this.at += 1;
  }

  // Takes the character if it comes next, spaces before it aside.
  takes(character) {
    this.space();
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  needs(character) {
    if (!this.takes(character)) throw new Error(`${character} expected`);
  }

  value(depth) {
    this.space();
    const next = this.text[this.at];
    if ((next === "{" || next === "[") && depth > MAX_DEPTH) throw new Error("nested too deeply");
    if (next === "{") return this.object(depth);
    if (next === "[") return this.array(depth);
    if (next === '"') return this.string();
    return this.integer();
  }

  object(depth) {
    const found = Object.create(null);
    this.needs("{");
    if (this.takes("}")) return found;
    do {
      this.space();
      const name = this.string();
      if (name in found) throw new Error("a name twice");
      this.needs(":");
      found[name] = this.value(depth + 1);
    } while (this.takes(","));
    this.needs("}");
    return found;
  }

  array(depth) {
    const found = [];
    this.needs("[");
    if (this.takes("]")) return found;
    do found.push(this.value(depth + 1));
    while (this.takes(","));
    this.needs("]");
    return found;
  }

  string() {
    const match = /"((?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text);
    if (!found) throw new Error("a string expected");
    this.at = match.lastIndex;
    const value = found[1].replace(/\\(?:u(....)|(.))/g, (_, code, letter) =>
      code ? String.fromCharCode(parseInt(code, 16)) : ESCAPES[letter],
    );
    if (/\p{Surrogate}/u.test(value) || value.includes("\0")) throw new Error("text that cannot be stored");
    return value;
  }

  integer() {
    const match = /-?(?:0|[1-9][0-9]{0,15})(?![0-9.eE])/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text);
    if (!found) throw new Error("a value expected");
    this.at = match.lastIndex;
    const value = BigInt(found[0]);
    if (value > MAX_INTEGER || value < -MAX_INTEGER) throw new Error("integer out of range");
    return Number(value);
  }
}
