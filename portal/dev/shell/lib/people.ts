/** The people from sql/dev that the first page offers to sign in as. */
export const people = [
  { discordId: "100000000000000001", name: "Ada Instructor", home: "/instructor", what: "instructor of Ben" },
  { discordId: "200000000000000001", name: "Ben Mentee", home: "/student", what: "mentee of Ada and of Grace" },
  { discordId: "200000000000000002", name: "Carl", home: "/student", what: "not in their mentorship" },
];
