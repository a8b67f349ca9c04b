// A private nginx that includes the snippets as a sysadmin would.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { privateFolder, source } from "./places.mjs";
import { freePort } from "./ports.mjs";
import { serves, start, stop } from "./process.mjs";
import http from "node:http";

const localAddress = "127.0.0.2";
const snippet = (name) => readFileSync(join(source, "nginx", name), "utf8");

const answers = (port) =>
  new Promise((resolve) => {
    http
      .get({ host: "127.0.0.1", port, path: "/" }, (response) => {
        response.resume();
        resolve(true);
      })
      .on("error", () => resolve(false));
  });

const proxyTo = (port) =>
  `proxy_pass http://127.0.0.1:${port}; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header Connection "";`;

/** Lifts the rate limits, because all tests share one address. */
export const unlimited = (text) => text.replaceAll(/rate=\d+r\/s/g, "rate=100000r/s");

/**
 * port: where it listens; portal: the port of a portal behind it, otherwise "/" is 404.
 * upstream and server change the text of a snippet, if a test needs another limit or a
 * wrong setting; http and inServer are directives to add; namespace: the network namespace to
 * run in.
 * The result's `local` is the server block with health and metrics: the same port
 * on another loopback address.
 */
export async function startNginx(
  socket,
  { upstream = unlimited, server = (text) => text, http: more = "", inServer = "", port: wanted, portal, namespace } = {},
) {
  const folder = privateFolder();
  const port = wanted ?? (await freePort());
  mkdirSync(join(folder, "logs"));
  const writeUpstream = (change) =>
    writeFileSync(
      join(folder, "upstream.conf"),
      change(snippet("video-call-upstream.conf").replace("/run/video-call/video-call.sock", socket)),
    );
  writeUpstream(upstream);
  writeFileSync(join(folder, "server.conf"), server(snippet("video-call.conf")));
  writeFileSync(join(folder, "local.conf"), snippet("video-call-local.conf"));
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join("\n");
  writeFileSync(
    join(folder, "nginx.conf"),
    `${process.getuid() === 0 ? "user www-data;" : ""}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
daemon off;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary}
  ${more}
  include ${folder}/upstream.conf;
  server {
    listen 127.0.0.1:${port} backlog=1024;
    ${inServer}
    include ${folder}/server.conf;
    location / { ${portal ? proxyTo(portal) : 'default_type text/plain; return 404 "portal\\n";'} }
  }
  server {
    listen ${localAddress}:${port};
    include ${folder}/local.conf;
  }
}
`,
  );
  const command = ["/usr/sbin/nginx", "-p", folder, "-c", join(folder, "nginx.conf")];
  if (namespace) command.unshift("ip", "netns", "exec", namespace);
  const self = start(command[0], command.slice(1));
  // nginx writes its process id once it has bound the port.
  const isItself = () => existsSync(join(folder, "nginx.pid")) && readFileSync(join(folder, "nginx.pid"), "utf8").trim() === String(self.pid);
  await serves("nginx answers", self, () => isItself() && (namespace || answers(port)));
  return {
    port,
    local: { host: localAddress, port, url: `http://${localAddress}:${port}` },
    errorLog: () => readFileSync(join(folder, "error.log"), "utf8"),
    /** Changes the upstream servers, as `nginx -s reload` does. */
    reload: (change) => {
      writeUpstream(change);
      self.child.kill("SIGHUP");
    },
    stop: () => stop(self, "SIGQUIT", 5000),
  };
}
