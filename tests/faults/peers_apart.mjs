// Peers in a thread of their own, so that what they do costs those who measure nothing.
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { requestBytes } from "../integration/harness/fastcgi.mjs";
import { drip, peers } from "../integration/harness/peers.mjs";

const healthz = requestBytes([["REQUEST_METHOD", "GET"], ["DOCUMENT_URI", "/api/video-call/healthz"]]);

if (!isMainThread) {
  await peers(workerData, 1000, { comesBack: true });
  await peers(workerData, 100, { behave: drip(healthz, 50), comesBack: true });
  parentPort.postMessage("there");
}

/** 1,000 idle and 100 dripping peers on that socket, which come back whenever they are dropped; resolves with what takes them away. */
export async function crowdTheSocket(path) {
  const thread = new Worker(new URL(import.meta.url), { workerData: path });
  await new Promise((resolve, reject) => thread.once("message", resolve).once("error", reject));
  return () => thread.terminate();
}
