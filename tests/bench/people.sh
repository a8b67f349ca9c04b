# people: the callers of the benchmarks, as shell functions to source after tests/bed.sh.
#
#     bench_people DATABASE COUNT    adds COUNT mentorships, each with its own two people
#     bench_callers DATABASE BUILD   writes to $CALLERS a line "mentorship-id cookie" for each
#                                    instructor, 300001 first

bench_people() {
    bed_psql -d "$1" <<END
INSERT INTO instructors (name, discord_id) SELECT 'Instructor ' || n, 300000 + n FROM generate_series(1, $2) n;
INSERT INTO mentees (display_name, discord_username, discord_id)
    SELECT 'Mentee ' || n, 'm' || n, 400000 + n FROM generate_series(1, $2) n;
INSERT INTO mentorships (instructor_id, mentee_id)
    SELECT i.id, m.id FROM instructors i JOIN mentees m ON m.discord_id::bigint = i.discord_id::bigint + 100000;
ANALYZE;
END
}

bench_callers() {
    bed_psql -d "$1" -At -F ' ' -c "SELECT m.id, i.discord_id FROM mentorships m JOIN instructors i
        ON i.id = m.instructor_id WHERE i.discord_id::bigint BETWEEN 300001 AND 399999
        ORDER BY i.discord_id" |
        while read -r mentorship discord_id; do
            echo "$mentorship $("$2/ctl/video-callctl" session "$discord_id" --lifetime 86400)"
        done >"$CALLERS"
}
