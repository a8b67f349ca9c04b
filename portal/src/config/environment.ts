/**
 * What the video-call proxy needs of the environment: to be added to the portal's own
 * environment.ts. Read when it is used, so that a portal without the proxy needs none of it.
 */
export const videoCallEnvironment = {
  /** Where the backend's nginx is reached from the portal's server, "http://10.0.0.5:8080". */
  get backendUrl(): string {
    return required("VIDEO_CALL_BACKEND_URL");
  },
  /** HS256 secret shared with the backend (VIDEO_CALL_ASSERTION_SECRET there too). */
  get assertionSecret(): string {
    return required("VIDEO_CALL_ASSERTION_SECRET");
  },
};

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
