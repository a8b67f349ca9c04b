# people: the callers of the benchmarks, as shell functions to source after tests/bed.sh.
#
#     bench_people DATABASE COUNT    adds COUNT mentorships, each with its own two people
#     bench_callers DATABASE BUILD   writes to $CALLERS a line "mentorship-id cookie" for each
#                                    instructor, 300001 first
#     bench_past_calls DATABASE      gives each mentorship 40 ended calls
#     bench_settings                 exports the settings of a pool, including a secret

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

bench_past_calls() {
    bed_psql -d "$1" -c "INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id, start_time, end_time, duration_seconds, status)
        SELECT id, instructor_id, mentee_id, now() - n * interval '1 day', now() - n * interval '1 day' + interval '1 h', 3600, 'ended'
          FROM mentorships, generate_series(1, 40) n" -c ANALYZE
}

bench_settings() {
    NEXTAUTH_SECRET=$(head -c 24 /dev/urandom | base64)
    NEXT_PUBLIC_AGORA_APP_ID=0123456789abcdef0123456789abcdef
    AGORA_APP_CERTIFICATE=fedcba9876543210fedcba9876543210
    export NEXTAUTH_SECRET NEXT_PUBLIC_AGORA_APP_ID AGORA_APP_CERTIFICATE
}
