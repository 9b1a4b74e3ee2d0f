// Which public keys are refused: RFC 8032 and RFC 7748, by their equations.

const P = 2n ** 255n - 19n;
const D = mod(-121665n * inverse(121666n));
const SQRT_MINUS_1 = power(2n, (P - 1n) / 4n);

function mod(value) {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let result = 1n;
  for (let square = mod(base); exponent > 0n; exponent >>= 1n, square = mod(square * square))
    if (exponent & 1n) result = mod(result * square);
  return result;
}

function inverse(value) {
  return power(value, P - 2n);
}

function littleEndian(bytes) {
  return BigInt("0x" + Buffer.from(bytes).reverse().toString("hex"));
}

function double([x, y]) {
  const product = mod(D * x * x * y * y);
  return [mod(2n * x * y * inverse(1n + product)), mod((y * y + x * x) * inverse(1n - product))];
}

// On the curve, written canonically, and not one of the eight points that eight times themselves are neutral.
export function isSafeSigningPoint(bytes) {
  const number = littleEndian(bytes);
  const [y, sign] = [number & (2n ** 255n - 1n), number >> 255n];
  if (y >= P) return false;
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  const root = power(square, (P + 3n) / 8n);
  const x = [root, mod(root * SQRT_MINUS_1)].find((each) => mod(each * each) === square);
  if (x === undefined || (x === 0n && sign)) return false;
  const [eightX, eightY] = double(double(double([x, y])));
  return !(eightX === 0n && eightY === 1n);
}

// Written canonically; that the shared secret is not zero is left to the exchange itself.
export function isCanonicalSealingPoint(bytes) {
  return littleEndian(bytes) < P;
}
