// npm install @microsoft/signalr; node client.mjs https://chat.example.com ROOM, with a token in CHAT_TOKEN: as Client.cs.
import { HubConnectionBuilder, HubConnectionState, LogLevel } from "@microsoft/signalr";
import { createInterface } from "node:readline";

const [address, id] = process.argv.slice(2);
const room = Number(id);
let last;
const hub = new HubConnectionBuilder()
  .withUrl(`${address}/hubs/chat`, { accessTokenFactory: () => process.env.CHAT_TOKEN })
  .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 1000 })
  .configureLogging(LogLevel.None)
  .build();
hub.on("newMessage", message => { if (last !== undefined && !show(message)) catchUp().catch(lost); });
hub.on("resync", () => catchUp().catch(lost)); // Too slow for everything to be sent: fetch it.
hub.onreconnected(() => join().catch(lost));
await hub.start();
await join();
createInterface({ input: process.stdin }).on("line", line => send(line, crypto.randomUUID()));

function lost() {} // The connection comes back, and then fetches what is missing.
async function join() {
  const { lastSeq } = await hub.invoke("JoinRoom", room);
  if (last === undefined) console.log("Joined.");
  last ??= lastSeq;
  await catchUp();
}
async function catchUp() {
  for (let page; !page || page.hasMore;) (page = await hub.invoke("GetMessages", room, last, 100)).messages.forEach(show);
}
function show({ seq, senderName, text }) { // A room's numbers have no gaps: what does not follow is known, or something is missing.
  if (seq === last + 1) console.log(`${last = seq} ${senderName}: ${text}`);
  return seq <= last;
}
async function send(text, id) {
  try { await hub.invoke("SendMessage", room, text, id); } catch (error) {
    if (hub.state === HubConnectionState.Connected) return console.error(error.message);
    setTimeout(() => send(text, id), 1000); // Not connected: the same id again stores nothing twice.
  }
}
