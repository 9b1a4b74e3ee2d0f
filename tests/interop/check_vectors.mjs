// Answers every vector of the layers `jose` and `envelope` and every valid one: node check_vectors.mjs <folder>
// Prints what it got for each; exits 1 if any answer is not the expected one.

import { deepStrictEqual } from "node:assert";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { Refusal, open, openLetter, readKeys } from "./envelope.mjs";

const folder = process.argv[2];
const types = JSON.parse(readFileSync(new URL("types.json", import.meta.url), "utf-8"));

// What the file promises, whatever the case itself says: a valid case does not belong among the refused.
const MUST_FAIL = ["jose", "envelope", "sealed", "schema"];

async function answer(vector) {
  const { token, now, audience } = vector;
  try {
    const keys = await readKeys(vector.keys, vector.owners);
    const place = { keys, revoked: vector.revoked ?? [], types, now, audience };
    const { recipient_key: recipient, plaintext, thid, type } = vector;
    const claims = recipient
      ? await openLetter(token, { ...place, recipient, plaintext, thid, type })
      : await open(token, place);
    if (vector.claims) deepStrictEqual(JSON.parse(JSON.stringify(claims)), vector.claims);
    return "ok";
  } catch (error) {
    return error instanceof Refusal ? error.code : `broken: ${error.message.split("\n")[0]}`;
  }
}

let [nRight, nWrong] = [0, 0];
for (const file of readdirSync(folder).filter((name) => name.endsWith(".json")).sort()) {
  const stem = basename(file, ".json");
  for (const vector of JSON.parse(readFileSync(join(folder, file), "utf-8"))) {
    if (vector.layer === "schema" || vector.layer === "state") continue;
    const got = await answer(vector);
    const right = got === vector.expect && (got === "ok") !== MUST_FAIL.includes(stem);
    [nRight, nWrong] = [nRight + right, nWrong + !right];
    console.log(`${right ? "right" : "WRONG"}\t${stem}\t${vector.name}\t${got}`);
  }
}
console.log(`${nRight} right, ${nWrong} wrong`);
process.exit(nWrong || !nRight ? 1 : 0);
