/*
 * How the host agent is begun on another host. The command is a constant: whatever differs from host to host goes over its
 * standard input, so that no name, path or secret is ever read by a shell or seen in a list of processes.
 */

/**
 * Reads three lines, and has a node run a program: whether the path of node is a must (`yes`) or the one in PATH will do, the path, and
 * the program.
 */
export const agentCommand = `exec sh -c '${[
  'IFS= read -r strict',
  'IFS= read -r node',
  'IFS= read -r program',
  '[ "$strict" = yes ] || [ -x "$node" ] || node=$(command -v node)',
  '[ -x "$node" ] || { echo "{\\"missing\\":\\"node\\",\\"got\\":\\"\\"}"; exit 127; }',
  'exec "$node" -e "$program"',
].join('; ')}'`;

/**
 * The program: reads the orders, one line, looks for what must be there, and becomes the agent. It has to run on the oldest Node
 * that somebody may have, and be one line.
 */
export const agentProgram = `
let text = "";
const tell = (missing, got) => { console.log(JSON.stringify({ missing, got })); process.exit(1); };
const read = (chunk) => {
  text += chunk.toString("latin1");
  const end = text.indexOf("\\n");
  if (end < 0) return;
  process.stdin.off("data", read).pause();
  const orders = JSON.parse(Buffer.from(text.slice(0, end), "latin1").toString());
  process.stdin.unshift(Buffer.from(text.slice(end + 1), "latin1"));
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [oldMajor, oldMinor] = orders.oldest;
  if (major < oldMajor || (major === oldMajor && minor < oldMinor)) return tell("node", process.execPath + " " + process.versions.node);
  if (!require("fs").existsSync(orders.root)) return tell("directory", orders.root);
  process.chdir(orders.root);
  import(require("url").pathToFileURL(orders.agent).href)
    .then((agent) => agent.serve(orders), (error) => tell("framework", error.message.split("\\n")[0]));
};
process.stdin.on("data", read);
`
  .trim()
  .replace(/\n\s*/g, ' ');
