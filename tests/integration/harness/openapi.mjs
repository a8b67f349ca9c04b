// Checks every response against fcgi/openapi.yaml: if a status or member isn't described
// there, either the response or the description is wrong.
import Ajv2020 from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { source } from "./places.mjs";

export const description = parse(readFileSync(join(source, "fcgi/openapi.yaml"), "utf8"));

const prefix = description.servers[0].url;
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ ...description, $id: "openapi" });
const validators = new Map();

const resolve = (node) =>
  node?.$ref ? resolve(node.$ref.slice(2).split("/").reduce((at, key) => at[key], description)) : node;

function validatorFor(path, method, status) {
  const key = `${method} ${path} ${status}`;
  if (!validators.has(key)) {
    const route = description.paths[path];
    // A wrong method gets the 405 of the route's only operation; HEAD is treated like GET.
    const operation = route[method.toLowerCase()] ?? Object.values(route)[0];
    const response = resolve(operation.responses[String(status)]);
    if (!response) throw new Error(`${key} is not in openapi.yaml`);
    const [[type, { schema }]] = Object.entries(response.content);
    validators.set(key, { type, validate: ajv.compile(schema.$ref ? { $ref: `openapi${schema.$ref}` } : { ...schema }) });
  }
  return validators.get(key);
}

/** Throws if a response isn't as described. Paths that aren't the backend's are ignored. */
export function checkAnswer(method, url, status, headers, text) {
  const path = url.split("?")[0].slice(prefix.length);
  if (!url.startsWith(prefix) || !description.paths[path]) return;
  if (headers["cache-control"] !== "no-store") throw new Error(`${method} ${url}: may be cached`);
  if (!headers["x-request-id"]) throw new Error(`${method} ${url}: no X-Request-Id`);
  const { type, validate } = validatorFor(path, method, status);
  if (!headers["content-type"]?.startsWith(type)) throw new Error(`${method} ${url}: not ${type}`);
  if (method === "HEAD" && text !== "") throw new Error(`${method} ${url}: a body`);
  if (method === "HEAD") return;
  const json = type === "application/json" ? JSON.parse(text) : text;
  if (!validate(json)) throw new Error(`${method} ${url} ${status}: ${ajv.errorsText(validate.errors)}: ${text}`);
  if (status === 405 && !headers.allow) throw new Error(`${method} ${url}: 405 without Allow`);
  if ((status === 429 || status >= 503) && !headers["retry-after"]) throw new Error(`${method} ${url}: no Retry-After`);
  if (status !== 200 && json.requestId !== headers["x-request-id"]) throw new Error(`${method} ${url}: two request ids`);
}
