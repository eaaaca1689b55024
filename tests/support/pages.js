// Reads the pages and diagrams below a folder with those they are for; prints a fault a line.
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = process.argv[2];
const files = fs
  .readdirSync(root, { recursive: true })
  .map((each) => path.join(root, each))
  .filter((each) => fs.statSync(each).isFile())
  .sort();

async function faults(of, ending, read) {
  for (const file of files.filter((each) => each.endsWith(ending))) {
    try {
      await read(fs.readFileSync(file, "utf-8"), file);
    } catch (error) {
      console.log(JSON.stringify(`${of}: ${path.relative(root, file)}: ${error.message}`));
    }
  }
}

const nodeModules = process.env.NODE_PATH;
const of = (name) => import(require("node:url").pathToFileURL(path.join(nodeModules, name)).href);

async function main() {
  const mermaid = (await of("mermaid/dist/mermaid.core.mjs")).default;
  await faults("mermaid", ".mmd", async (text) => {
    const { diagramType } = await mermaid.parse(text);
    if (diagramType !== "er") throw new Error(`is a diagram of ${diagramType}`);
  });
  const { compile } = await of("@mdx-js/mdx/index.js");
  const gfm = (await of("remark-gfm/index.js")).default;
  const matter = require("gray-matter");
  const seen = new Set();
  await faults("mdx", ".mdx", async (text, file) => {
    const { content, data } = matter(text);
    const code = String(await compile(content, { remarkPlugins: [gfm] }));
    if (/^import (?!\{[^}]*\} from "react\/jsx-runtime")/m.test(code)) throw new Error("imports");
    if (/^export (?!default)/m.test(code)) throw new Error("exports");
    seen.add(`${path.relative(root, file)} ${data.id}`);
  });
  const folder = path.join(root, "eventcatalog");
  if (fs.existsSync(folder)) await catalog(folder, seen);
}

async function catalog(folder, seen) {
  const sdk = require("@eventcatalog/sdk").default(folder);
  const every = [sdk.getServices, sdk.getEvents, sdk.getChannels, sdk.getDomains, sdk.getTeams];
  let found = 0;
  for (const read of every) found += ((await read()) || []).length;
  if (found !== seen.size) console.log(JSON.stringify(`sdk: ${found} of ${seen.size} entries`));
  const linter = path.join(nodeModules, "@eventcatalog", "linter");
  const { bin } = JSON.parse(fs.readFileSync(path.join(linter, "package.json"), "utf-8"));
  const program = path.join(linter, typeof bin === "string" ? bin : Object.values(bin)[0]);
  try {
    execFileSync(process.execPath, [program, folder], { encoding: "utf-8", stdio: "pipe" });
  } catch (error) {
    // Its best practices do not count: summaries of channels and owners of domains are not written.
    const told = `${error.stdout}${error.stderr}`.split("\n");
    const ours = told.filter((each) => /✖ error/.test(each) && !/best-practices\//.test(each));
    if (ours.length || !/best-practices\//.test(told.join(" ")))
      console.log(JSON.stringify(`linter: ${ours.length ? ours.join() : told.join(" ")}`));
  }
}

main();
