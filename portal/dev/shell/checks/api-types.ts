/**
 * Holds the types of the client against those made from openapi.yaml, which `npm run types`
 * makes anew. Either way round a difference does not compile.
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
