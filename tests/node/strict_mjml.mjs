// What the reference compiler, in strict mode, says of MJML files: {"file": ["message", …]}.
import fs from "node:fs";
import mjml from "mjml";

const found = {};
for (const file of process.argv.slice(2)) {
  try {
    const { errors } = await mjml(fs.readFileSync(file, "utf8"), { validationLevel: "strict", keepComments: true });
    found[file] = errors.map((error) => error.formattedMessage);
  } catch (error) {
    found[file] = (error.errors ?? [])
      .map((each) => each.formattedMessage ?? String(each))
      .concat(error.errors ? [] : [String(error)]);
  }
}
console.log(JSON.stringify(found));
