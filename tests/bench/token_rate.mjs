// Builds the same token with the package the portal would use, for the given number of
// seconds, and prints how many per second.
import { createRequire } from "node:module";

const require = createRequire(new URL("../integration/package.json", import.meta.url));
const { RtcTokenBuilder, RtcRole } = require("agora-token");

const seconds = Number(process.argv[2] ?? 2);
const build = () =>
  RtcTokenBuilder.buildTokenWithUserAccount(
    "0123456789abcdef0123456789abcdef",
    "fedcba9876543210fedcba9876543210",
    "11111111-1111-4111-8111-111111111111",
    "100000000000000001",
    RtcRole.PUBLISHER,
    86400,
    86400,
  );

for (let warm = 0; warm < 2000; warm++) build();
const began = process.hrtime.bigint();
let tokens = 0;
let spent = 0;
do {
  build();
  tokens++;
  spent = Number(process.hrtime.bigint() - began) / 1e9;
} while (spent < seconds);
console.log(Math.round(tokens / spent));
