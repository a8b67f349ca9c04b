// What systemd does for a pool whose socket it holds, in Perl, which every Debian has. Each
// export is the text of a program: perl -e TEXT SOCKET PROGRAM ARGUMENT...

// Descriptors up to 9 survive exec.
const hold = `use Socket; use POSIX (); $^F = 9;
my $path = shift; socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un($path)) or die; listen($s, 4096);
POSIX::dup2(fileno($s), 3); $ENV{LISTEN_FDS} = 1;`;

/** Passes the socket on, and becomes the program. */
export const activate = `${hold} $ENV{LISTEN_PID} = $$; exec @ARGV;`;

/** Holds the socket and restarts the program whenever it exits. */
export const keep = `${hold}
while (1) { my $pid = fork; if (!$pid) { $ENV{LISTEN_PID} = $$; exec @ARGV; exit 1 } waitpid($pid, 0); select(undef, undef, undef, 0.05) }`;
