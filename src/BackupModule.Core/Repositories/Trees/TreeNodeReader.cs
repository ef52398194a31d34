using System;
using System.Collections.Generic;
using System.Text.Json;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// Reads the nodes of one tree, one after the other. Members may come in any order; they are looked for in the order in
/// which they are written, and owners' names that repeat are one string.
/// </summary>
internal ref struct TreeNodeReader
{
    private static readonly byte[][] s_memberNames =
    [
        "name"u8.ToArray(), "type"u8.ToArray(), "mode"u8.ToArray(), "mtime"u8.ToArray(), "atime"u8.ToArray(),
        "ctime"u8.ToArray(), "uid"u8.ToArray(), "gid"u8.ToArray(), "user"u8.ToArray(), "group"u8.ToArray(),
        "inode"u8.ToArray(), "device_id"u8.ToArray(), "size"u8.ToArray(), "links"u8.ToArray(),
        "linktarget"u8.ToArray(), "linktarget_raw"u8.ToArray(), "extended_attributes"u8.ToArray(),
        "generic_attributes"u8.ToArray(), "device"u8.ToArray(), "content"u8.ToArray(), "subtree"u8.ToArray(),
    ];

    private NodeDraft _draft;
    private string _lastUser;
    private string _lastGroup;

    public TreeNodeReader()
    {
        _lastUser = string.Empty;
        _lastGroup = string.Empty;
    }

    // In the order of s_memberNames, which is restic's.
    private enum Member
    {
        Name,
        Type,
        Mode,
        ModifiedTime,
        AccessTime,
        ChangeTime,
        UserId,
        GroupId,
        User,
        Group,
        Inode,
        DeviceId,
        Size,
        Links,
        LinkTarget,
        RawLinkTarget,
        ExtendedAttributes,
        GenericAttributes,
        Device,
        Content,
        Subtree,
        Unknown,
    }

    /// <summary>Reads one node, at whose opening brace the reader stands.</summary>
    public TreeNode Read(ref Utf8JsonReader reader)
    {
        _draft = default;
        Member expected = Member.Name;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            Member member = Find(ref reader, expected);
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                ReadValue(ref reader, member);
            }

            expected = member + 1;
        }

        return _draft.ToNode();
    }

    private static Member Find(ref Utf8JsonReader reader, Member expected)
    {
        for (Member member = expected; member < Member.Unknown; member++)
        {
            if (reader.ValueTextEquals(s_memberNames[(int)member]))
            {
                return member;
            }
        }

        for (Member member = Member.Name; member < expected && member < Member.Unknown; member++)
        {
            if (reader.ValueTextEquals(s_memberNames[(int)member]))
            {
                return member;
            }
        }

        return Member.Unknown;
    }

    private void ReadValue(ref Utf8JsonReader reader, Member member)
    {
        switch (member)
        {
            case Member.Name:
                // What strconv.Quote escapes begins with a backslash, which JSON escapes.
                string name = reader.GetString()!;
                _draft.Name = reader.ValueIsEscaped ? GoText.Unquote(name) : name;
                break;
            case Member.Type:
                _draft.Type = reader.ValueTextEquals("file"u8) ? NodeType.File : NodeTypes.FromText(reader.GetString());
                break;
            case Member.Mode:
                _draft.Mode = reader.GetUInt32();
                break;
            case Member.ModifiedTime:
                _draft.ModifiedTime = ReadTime(ref reader);
                break;
            case Member.AccessTime:
                _draft.AccessTime = ReadTime(ref reader);
                break;
            case Member.ChangeTime:
                _draft.ChangeTime = ReadTime(ref reader);
                break;
            case Member.UserId:
                _draft.UserId = reader.GetUInt32();
                break;
            case Member.GroupId:
                _draft.GroupId = reader.GetUInt32();
                break;
            case Member.User:
                _draft.User = ReadRepeating(ref reader, ref _lastUser);
                break;
            case Member.Group:
                _draft.Group = ReadRepeating(ref reader, ref _lastGroup);
                break;
            case Member.Inode:
                _draft.Inode = reader.GetUInt64();
                break;
            case Member.DeviceId:
                _draft.DeviceId = reader.GetUInt64();
                break;
            case Member.Size:
                _draft.Size = reader.GetUInt64();
                break;
            case Member.Links:
                _draft.Links = reader.GetUInt64();
                break;
            case Member.LinkTarget:
                _draft.LinkTarget ??= reader.GetString();
                break;
            case Member.RawLinkTarget:
                _draft.LinkTarget = RawText.Decode(reader.GetBytesFromBase64());
                break;
            case Member.ExtendedAttributes:
                _draft.ExtendedAttributes = AttributeJson.ReadExtended(ref reader);
                break;
            case Member.GenericAttributes:
                _draft.GenericAttributes = AttributeJson.ReadGeneric(ref reader);
                break;
            case Member.Device:
                _draft.Device = reader.GetUInt64();
                break;
            case Member.Content:
                _draft.Content = ReadIds(ref reader);
                break;
            case Member.Subtree:
                _draft.Subtree = ReadId(ref reader);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static string ReadRepeating(ref Utf8JsonReader reader, ref string last) =>
        reader.ValueTextEquals(last) ? last : last = reader.GetString()!;

    private static FileTimestamp ReadTime(ref Utf8JsonReader reader) => reader.ValueIsEscaped
        ? GoTime.Parse(reader.GetString()!)
        : GoTime.Parse(reader.ValueSpan);

    private static ObjectId ReadId(ref Utf8JsonReader reader) =>
        ObjectId.TryParse(reader.ValueSpan, out ObjectId id) ? id : throw new FormatException("an id is malformed.");

    // Most files are one chunk, and their nodes live as long as a directory is worked on: no spare room.
    private static ObjectId[] ReadIds(ref Utf8JsonReader reader)
    {
        TreeDecoder.Expect(ref reader, JsonTokenType.StartArray);
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return [];
        }

        ObjectId first = ReadId(ref reader);
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return [first];
        }

        List<ObjectId> ids = [first];
        do
        {
            ids.Add(ReadId(ref reader));
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray);

        return [.. ids];
    }
}
