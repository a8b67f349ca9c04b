/**
 * The environment variables of the portal's own route to the backend. Add them to the portal's
 * environment.ts. They're read when used, so a portal without that route needs none. Reading one
 * that's unset or empty throws.
 */
export const videoCallEnvironment = {
  /** The address at which the portal's server reaches the backend's nginx, such as "http://10.0.0.5:8080". */
  get backendUrl(): string {
    return required("VIDEO_CALL_BACKEND_URL");
  },
  /** The HS256 secret shared with the backend, whose setting has the same name. */
  get assertionSecret(): string {
    return required("VIDEO_CALL_ASSERTION_SECRET");
  },
};

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
