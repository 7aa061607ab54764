// What postal-mime reads in a message.
import fs from "node:fs";
import PostalMime from "postal-mime";

const email = await PostalMime.parse(fs.readFileSync(process.argv[2]));
const header = (name) => email.headers.find((each) => each.key === name)?.value;
console.log(
  JSON.stringify({
    subject: email.subject,
    from: email.from.address,
    name: email.from.name,
    text: email.text,
    html: email.html,
    unsubscribe: header("list-unsubscribe"),
    oneClick: header("list-unsubscribe-post"),
    listId: header("list-id"),
    pictures: email.attachments.map((each) => [each.contentId, each.mimeType, each.content.byteLength]),
  }),
);
