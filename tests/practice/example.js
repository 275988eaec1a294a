// The calls of the API as its documentation shows them for JavaScript.
// Run with: NUXERA_URL=http://127.0.0.1:PORT NUXERA_TOKEN=TOKEN node example.js "DOCTOR"

const baseUrl = process.env.NUXERA_URL;
const token = process.env.NUXERA_TOKEN;

async function downloadAudio(doctorName) {
  const response = await fetch(
    `${baseUrl}/api/download?doctorName=${encodeURIComponent(doctorName)}`,
    { method: 'GET', headers: { Authorization: `Bearer ${token}` } },
  );
  if (!response.ok) {
    const { error } = await response.json();
    return { status: response.status, error };
  }
  const audio = await response.blob();
  return { status: response.status, type: audio.type, size: audio.size };
}

async function deleteAudio(doctorName) {
  const response = await fetch(
    `${baseUrl}/api/delete?doctorName=${encodeURIComponent(doctorName)}`,
    { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } },
  );
  return { status: response.status, ...(await response.json()) };
}

async function deleteAllAudio() {
  const response = await fetch(`${baseUrl}/api/delete-all`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
  });
  return { status: response.status, ...(await response.json()) };
}

async function login(username, password) {
  const response = await fetch(`${baseUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  const answer = await response.json();
  return { status: response.status, sameToken: answer.token === token };
}

async function main() {
  const doctorName = process.argv[2];
  for (const answer of [
    await login('practice', 'practice'),
    await downloadAudio(doctorName),
    await deleteAudio(doctorName),
    await downloadAudio(doctorName),
    await deleteAudio(doctorName),
    await deleteAllAudio(),
  ]) {
    console.log(JSON.stringify(answer));
  }
}

main();
