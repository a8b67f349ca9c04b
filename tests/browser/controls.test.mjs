// What people see and use before joining and in a call.

// All in one process, because the stand is slow to start.
import "./devices.mjs";
import "./incall.mjs";
import "./prejoin.mjs";
