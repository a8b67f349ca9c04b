/**
 * Compares the client's types with those that `npm run types` generates from openapi.yaml. A
 * difference, in either direction, doesn't compile.
 */
import type { components } from "./openapi";
import type * as client from "@/lib/video-call/client";

type Described = components["schemas"];
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const same = <_Check extends true>() => undefined;

same<Same<client.TokenAnswer, Described["Token"]>>();
same<Same<client.StartAnswer, Described["Started"]>>();
same<Same<client.EndAnswer, Described["Ended"]>>();
same<Same<client.LeaveAnswer, Described["Left"]>>();
same<Same<client.HeartbeatAnswer, Described["Beaten"]>>();
same<Same<client.Call, Described["Call"]>>();
same<Same<client.HistoryAnswer, Described["History"]>>();
same<Same<client.Participant, Described["Participant"]>>();
same<Same<client.MentorshipsAnswer, Described["Mentorships"]>>();
same<Same<client.Mentorship, Described["Mentorship"]>>();
