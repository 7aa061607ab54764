// What html-validate says of HTML files: {"file": ["rule: message", …]}.
import fs from "node:fs";
import { HtmlValidate } from "html-validate";

// E-mail is markup of its own: sizes and alignments stand in attributes, styles in elements, Outlook's in comments.
const email = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    "no-inline-style": "off",
    "no-implicit-close": "error",
    "attribute-boolean-style": "off",
    "no-deprecated-attr": "off", // bgcolor, align, valign and cellpadding are what Outlook reads
    "no-trailing-whitespace": "off", // nobody reads the source; white space is collapsed
    "long-title": "off", // the title is the subject
    "void-style": "off",
    "attr-quotes": "off",
    "no-conditional-comment": "off", // Outlook's columns
    "wcag/h63": "off",
    "attribute-allowed-values": ["error"],
    "element-permitted-content": "error",
    "prefer-native-element": ["error", { exclude: ["article"] }], // MJML wraps the body in role="article"
    "tel-non-breaking": "off",
    "valid-id": "off", // a story's id may begin with a digit
    "no-raw-characters": "error",
  },
});

const found = {};
for (const file of process.argv.slice(2)) {
  const report = await email.validateString(fs.readFileSync(file, "utf8"), file);
  found[file] = report.results.flatMap((result) =>
    result.messages.map((message) => `${message.line}: ${message.ruleId}: ${message.message}`),
  );
}
console.log(JSON.stringify(found));
