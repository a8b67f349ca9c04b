import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { people } from "@/lib/people";

/** For development only: signs in without a password. The session is like one from a Discord login. */
export const authOptions: NextAuthOptions = {
  providers: [
    CredentialsProvider({
      name: "development",
      credentials: { discordId: {} },
      authorize: async (credentials) => {
        const person = people.find(({ discordId }) => discordId === credentials?.discordId);
        return person ? { id: person.discordId, name: person.name } : null;
      },
    }),
  ],
  session: { strategy: "jwt" },
  callbacks: {
    jwt: async ({ token, user }) => (user ? { ...token, discordId: user.id } : token),
  },
};
