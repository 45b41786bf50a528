"""
A user of matrix-nio, told what to do by lines of JSON on standard input, one member each: {"join": ROOM}, {"send": [ROOM,
TYPE, CONTENT]}. What it sees it writes as lines of JSON: {"ready": USER}, {"sent": EVENT}, {"read": EVENT, "type": TYPE,
"content": CONTENT, "encrypted": BOOL}, {"unreadable": EVENT}. Arguments: base URL, user ID, password, folder for its keys.
"""

import asyncio
import json
import sys

from nio import (
    AsyncClient,
    AsyncClientConfig,
    JoinError,
    MegolmEvent,
    ReactionEvent,
    RoomMessageText,
    RoomSendResponse,
    SyncError,
)

POLL_MS = 10_000


def tell(**what):
    print(json.dumps(what), flush=True)


async def see(_room, event):
    if isinstance(event, MegolmEvent):
        tell(unreadable=event.event_id)
    else:
        source = event.source
        tell(read=event.event_id, type=source["type"], content=source["content"], encrypted=event.decrypted)


async def obey(client):
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        if "join" in command:
            answer = await client.join(command["join"])
            assert not isinstance(answer, JoinError), answer
        else:
            room_id, event_type, content = command["send"]
            answer = await client.room_send(room_id, event_type, content, ignore_unverified_devices=True)
            assert isinstance(answer, RoomSendResponse), answer
            tell(sent=answer.event_id)


async def main(base_url, user_id, password, store):
    client = AsyncClient(base_url, user_id, store_path=store, config=AsyncClientConfig(encryption_enabled=True))
    await client.login(password)
    client.add_event_callback(see, (RoomMessageText, MegolmEvent, ReactionEvent))
    answer = await client.sync(timeout=0, full_state=True)
    assert not isinstance(answer, SyncError), answer
    if client.should_upload_keys:
        await client.keys_upload()
    syncing = asyncio.create_task(client.sync_forever(timeout=POLL_MS))
    tell(ready=client.user_id)
    await asyncio.wait([syncing, asyncio.create_task(obey(client))], return_when=asyncio.FIRST_COMPLETED)
    await client.close()


asyncio.run(main(*sys.argv[1:]))
