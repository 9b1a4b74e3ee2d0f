// Writes what a site in another language would send: a message to the hub, and a letter to another site.
// Reads {signing, kid, sealing, claims, letter, size} as JSON from standard input, prints {message, letter}.

import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const { CompactEncrypt, CompactSign, calculateJwkThumbprint, importJWK } = await import("jose");

const { signing, sealing, claims, letter, size } = JSON.parse(readFileSync(0, "utf-8"));
const encode = (value) => new TextEncoder().encode(value);

async function sign(payload) {
  const header = { alg: "Ed25519", kid: await calculateJwkThumbprint(signing, "sha256"), typ: "alongside+jws" };
  return new CompactSign(encode(JSON.stringify(payload))).setProtectedHeader(header).sign(await importJWK(signing, "Ed25519"));
}

// Four characters of base64 for three bytes: the padding follows from what is missing, and is tried once.
async function padded(payload) {
  const missing = size - (await sign({ ...payload, pad: "" })).length;
  const guess = Math.floor((missing * 3) / 4);
  for (const length of [guess, guess + 1]) {
    const token = await sign({ ...payload, pad: "x".repeat(length) });
    if (token.length === size) return token;
  }
  throw new Error("the padding missed the size");
}

async function seal(token) {
  const kid = await calculateJwkThumbprint(sealing, "sha256");
  const header = { alg: "ECDH-ES+A256KW", enc: "A256GCM", kid, typ: "alongside+jwe" };
  return new CompactEncrypt(encode(token)).setProtectedHeader(header).encrypt(await importJWK(sealing, header.alg));
}

console.log(JSON.stringify({ message: await sign(claims), letter: await seal(await padded(letter)) }));
