import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { description } from "./harness/openapi.mjs";
import { source } from "./harness/places.mjs";

const text = (path) => readFileSync(join(source, path), "utf8");

test("the description is OpenAPI 3.1 and all its references resolve", () => {
  assert.match(description.openapi, /^3\.1\./);
  const visit = (node) => {
    if (node?.$ref) assert.ok(node.$ref.slice(2).split("/").reduce((at, key) => at?.[key], description), node.$ref);
    if (node && typeof node === "object") Object.values(node).forEach(visit);
  };
  visit(description);
});

test("every operation has an id, a summary, a 200 response and descriptions of the others", () => {
  const ids = new Set();
  for (const [path, operations] of Object.entries(description.paths))
    for (const operation of Object.values(operations)) {
      assert.ok(operation.operationId && !ids.has(operation.operationId), path);
      ids.add(operation.operationId);
      assert.ok(operation.summary, path);
      assert.ok(operation.responses["200"], path);
    }
});

test("the route table, the description and the nginx snippets name the same routes", () => {
  const table = [...text("fcgi/routes.h").matchAll(/ROUTE\("(\w+)",\s+"([\w-]+)"/g)].map(([, method, path]) => `${method} /${path}`);
  const described = Object.entries(description.paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`));
  assert.deepEqual([...described].sort(), [...table].sort());
  const passed = ["nginx/video-call.conf", "nginx/video-call-local.conf"].flatMap((snippet) => text(snippet).match(/video-call\/\(\?:([\w|-]+)\)\$/)[1].split("|"));
  assert.deepEqual(passed.sort(), table.map((route) => route.split("/")[1]).sort());
});

test("every problem code is described, and every described code but nginx's own exists", () => {
  const codes = new Set([...text("fcgi/problem.c").matchAll(/\{\d{3}, "([a-z_]+)"/g)].map(([, code]) => code));
  const described = new Set();
  for (const schema of Object.values(description.components.schemas)) {
    const code = schema.properties?.code;
    for (const value of code?.enum ?? (code?.const ? [code.const] : [])) described.add(value);
  }
  for (const code of codes) assert.ok(described.has(code), code);
  for (const own of ["forbidden", "too_many_requests", "backend_unavailable", "backend_timeout"]) described.delete(own);
  for (const code of described) assert.ok(codes.has(code), code);
});
