// Peers in a separate thread, so that they don't distort measurements.
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { requestBytes } from "../integration/harness/fastcgi.mjs";
import { drip, peers } from "../integration/harness/peers.mjs";

const healthz = requestBytes([["REQUEST_METHOD", "GET"], ["DOCUMENT_URI", "/api/video-call/healthz"]]);

if (!isMainThread) {
  await peers(workerData, 1000, { comesBack: true });
  await peers(workerData, 100, { behave: drip(healthz, 50), comesBack: true });
  parentPort.postMessage("there");
}

/** Connects 1,000 idle and 100 dripping peers, which reconnect whenever they're dropped; resolves with a function that ends them. */
export async function crowdTheSocket(path) {
  const thread = new Worker(new URL(import.meta.url), { workerData: path });
  await new Promise((resolve, reject) => thread.once("message", resolve).once("error", reject));
  return () => thread.terminate();
}
