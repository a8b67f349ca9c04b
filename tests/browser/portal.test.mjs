// What a portal's developer gets: pages, routes and rewrites that work in their portal.

// All in one process, because the stand is slow to start.
import "./rewrites.mjs";
import "./takeover.mjs";
