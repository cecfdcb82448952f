// Outlives an engine that was killed: its stdin is a pipe that only the engine holds open. Lines `+<pid>` and `-<pid>`
// register and forget process groups; at the end of the pipe every group still registered is killed.
const groups = new Set();
let pending = '';

// Ctrl-C and a closing terminal reach the engine; the watchdog leaves only after it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (pending + chunk).split('\n');
  pending = lines.pop();
  for (const line of lines) {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) groups.add(pid);
    else groups.delete(pid);
  }
});
process.stdin.on('end', () => {
  for (const pid of groups) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  }
  process.exit(0);
});
