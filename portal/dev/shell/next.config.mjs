import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** @type {import("next").NextConfig} */
export default {
  outputFileTracingRoot: here,
  // So that builds with other switches stand beside each other.
  distDir: process.env.VIDEO_CALL_DIST_DIR ?? ".next",
  webpack(config) {
    // Without internet Agora's SDK cannot connect: this switch, for development alone, puts a
    // stand-in with the SDK's interface in its place.
    if (process.env.VIDEO_CALL_DEV_MEDIA === "on")
      config.resolve.alias["agora-rtc-sdk-ng"] = path.join(here, "dev-media/agora-rtc-sdk-ng.ts");
    return config;
  },
};
