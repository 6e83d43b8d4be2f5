// Which room this person had open last in this browser; the list of messages notes it (see MessageList.razor.js).
export const lastRoom = userId => localStorage.getItem(`last-room-${userId}`);
