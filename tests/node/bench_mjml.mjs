// Milliseconds the reference compiler takes for each MJML file, over some rounds: {"file": [ms, …]}.
import fs from "node:fs";
import mjml from "mjml";

const [rounds, ...files] = process.argv.slice(2);
const taken = {};
for (const file of files) {
  const source = fs.readFileSync(file, "utf8");
  for (let round = 0; round < 5; round++) await mjml(source, { validationLevel: "skip" });
  taken[file] = [];
  for (let round = 0; round < Number(rounds); round++) {
    const start = process.hrtime.bigint();
    await mjml(source, { validationLevel: "skip" });
    taken[file].push(Number(process.hrtime.bigint() - start) / 1e6);
  }
}
console.log(JSON.stringify(taken));
