// The rules of docs/protocol.md, sections 1 and 2, over a JOSE library. Bodies are left to the JSON Schemas.

import { webcrypto } from "node:crypto";
import { isCanonicalSealingPoint, isSafeSigningPoint } from "./points.mjs";
import { readObject, unbase64url } from "./strict.mjs";

globalThis.crypto ??= webcrypto; // Node 18 has it under this name only
const { calculateJwkThumbprint, compactDecrypt, compactVerify, importJWK } = await import("jose");

const DAY = 24 * 60 * 60;
const MAX_INSTANT = 4_102_444_800;
const ID = /^[A-Za-z0-9_-]{22}$/;
const PARTY = /^[A-Za-z0-9_-]{1,64}$/;
const TEXTS = { type: /^[a-z0-9.-]{1,64}$/, iss: PARTY, aud: PARTY, jti: ID, thid: ID, re: ID, pad: /^x*$/ };

export class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// Any failure of the work is this code, unless it already has one.
async function orElse(code, work) {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(code);
  }
}

function hasExactly(object, names) {
  return Object.keys(object).length === names.length && names.every((name) => name in object);
}

export async function readKeys(jwks, owners = {}) {
  const keys = new Map();
  for (const jwk of jwks) {
    await orElse("weak-key", async () => {
      if (!hasExactly(jwk, ["kty", "crv", "x"]) || jwk.kty !== "OKP" || jwk.crv !== "Ed25519") throw new Error();
      const point = unbase64url(jwk.x);
      if (point.length !== 32 || !isSafeSigningPoint(point)) throw new Error();
      const kid = await calculateJwkThumbprint(jwk, "sha256");
      keys.set(kid, { key: await importJWK(jwk, "Ed25519"), owner: owners[kid] });
    });
  }
  return keys;
}

export async function open(token, { keys, revoked, types, now, audience }) {
  const { claims, owner } = await read(token, { keys, revoked, types, audience, sealed: false });
  if (claims.exp <= now) throw new Refusal("expired");
  checkSender(claims, owner, types);
  return claims;
}

async function read(token, { keys, revoked, types, audience, sealed }) {
  const header = await orElse("bad-token", () => readHeader(token));
  const known = keys.get(header.kid);
  if (!known) throw new Refusal("unknown-kid");
  if (revoked.includes(header.kid)) throw new Refusal("key-revoked");
  const claims = await orElse("bad-token", async () => {
    const { payload } = await compactVerify(token, known.key, { algorithms: ["Ed25519"] });
    const read = readObject(payload);
    if (!Number.isInteger(read.v)) throw new Error("v");
    if (read.v !== 1) throw new Refusal("unsupported-version");
    checkClaims(read, sealed);
    return read;
  });
  if (claims.aud !== audience) throw new Refusal("wrong-audience");
  if (!(claims.type in types) || (types[claims.type] === "letter") !== sealed) throw new Refusal("unsupported-type");
  return { claims, owner: known.owner };
}

function readHeader(token) {
  if (token.length > 64_000) throw new Refusal("too-large");
  const parts = token.split(".");
  if (parts.length !== 3 || parts[0].length > 512) throw new Error("parts");
  const [headerBytes, , signature] = parts.map(unbase64url);
  if (signature.length !== 64) throw new Error("signature");
  const header = readObject(headerBytes);
  if (!hasExactly(header, ["alg", "kid", "typ"]) || typeof header.kid !== "string") throw new Error("header");
  if (header.alg !== "Ed25519" || header.typ !== "alongside+jws") throw new Error("alg or typ");
  return header;
}

function checkClaims(claims, sealed) {
  const required = ["v", "type", "iss", "aud", "jti", "iat", "exp", "body", ...(sealed ? ["pad"] : [])];
  const allowed = [...required, "thid", "re"];
  if (!required.every((name) => name in claims)) throw new Error("a claim is missing");
  if (!Object.keys(claims).every((name) => allowed.includes(name))) throw new Error("a claim is unknown");
  for (const [name, form] of Object.entries(TEXTS))
    if (name in claims && !(typeof claims[name] === "string" && form.test(claims[name]))) throw new Error(name);
  for (const time of [claims.iat, claims.exp])
    if (!Number.isInteger(time) || time < 0 || time > MAX_INSTANT) throw new Error("a time");
  if (claims.exp <= claims.iat || claims.exp - claims.iat > 14 * DAY) throw new Error("exp");
  if (typeof claims.body !== "object" || Array.isArray(claims.body)) throw new Error("body");
}

function checkSender(claims, owner, types) {
  const fromHub = types[claims.type] === "hub";
  if (owner !== undefined && owner !== claims.iss) throw new Refusal("wrong-sender");
  if (types[claims.type] !== "both" && fromHub !== (claims.iss === "hub")) throw new Refusal("wrong-sender");
}

export async function openLetter(token, { recipient, plaintext, thid, type, keys, revoked, types, now, audience }) {
  const inner = await orElse("bad-token", () => unseal(token, recipient));
  if (plaintext !== null && inner !== plaintext) throw new Error("the plaintext is not the vector's");
  if (inner.length !== 2048 && inner.length !== 4096) throw new Refusal("bad-token");
  const { claims, owner } = await read(inner, { keys, revoked, types, audience, sealed: true }).catch((error) => {
    const moved = ["wrong-audience", "unsupported-type"].includes(error.code);
    throw moved ? new Refusal("wrong-letter") : error;
  });
  if (claims.thid !== thid || claims.type !== type) throw new Refusal("wrong-letter");
  if (claims.exp <= now) throw new Refusal("expired");
  checkSender(claims, owner, types);
  return claims;
}

async function unseal(token, recipient) {
  const parts = token.split(".");
  if (parts.length !== 5 || parts[0].length > 1024) throw new Error("parts");
  const [headerBytes, wrapped, vector, , tag] = parts.map(unbase64url);
  if (wrapped.length !== 40 || vector.length !== 12 || tag.length !== 16) throw new Error("lengths");
  const header = readObject(headerBytes);
  if (!hasExactly(header, ["alg", "enc", "epk", "kid", "typ"])) throw new Error("header");
  if (header.typ !== "alongside+jwe") throw new Error("typ");
  if (header.kid !== (await calculateJwkThumbprint(recipient, "sha256"))) throw new Error("kid");
  const { epk } = header;
  if (!hasExactly(epk, ["kty", "crv", "x"]) || epk.kty !== "OKP" || epk.crv !== "X25519") throw new Error("epk");
  const point = unbase64url(epk.x);
  if (point.length !== 32 || !isCanonicalSealingPoint(point)) throw new Error("epk");
  const opened = await compactDecrypt(token, await importJWK(recipient, "ECDH-ES+A256KW"), {
    keyManagementAlgorithms: ["ECDH-ES+A256KW"],
    contentEncryptionAlgorithms: ["A256GCM"],
  });
  return new TextDecoder("utf-8", { fatal: true }).decode(opened.plaintext);
}
