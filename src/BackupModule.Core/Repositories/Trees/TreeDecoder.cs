using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>Reads a directory's JSON, whoever wrote it: members in any order, unknown ones passed over.</summary>
public static class TreeDecoder
{
    /// <summary>The entries of a tree.</summary>
    /// <exception cref="InvalidDataException">The JSON is malformed, or an entry lacks what every entry has.</exception>
    public static List<TreeNode> Decode(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            List<TreeNode> nodes = [];
            reader.Read();
            Expect(ref reader, JsonTokenType.StartObject);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!reader.ValueTextEquals("nodes"u8))
                {
                    reader.Skip();
                    continue;
                }

                ReadNodes(ref reader, nodes);
            }

            return nodes;
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException("The tree is not valid: " + failure.Message, failure);
        }
    }

    // A value of another kind would leave the reader within it, and what follows would be taken for something else.
    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
        {
            throw new FormatException($"{type} was expected.");
        }
    }

    private static void ReadNodes(ref Utf8JsonReader reader, List<TreeNode> nodes)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(ref reader, JsonTokenType.StartObject);
            nodes.Add(ReadNode(ref reader));
        }
    }

    private static TreeNode ReadNode(ref Utf8JsonReader reader)
    {
        Draft draft = new();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader, draft);
        }

        return draft.ToNode();
    }

    private static void ReadMember(ref Utf8JsonReader reader, Draft draft)
    {
        string member = reader.GetString()!;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        switch (member)
        {
            case "name":
                draft.Name = GoText.Unquote(reader.GetString()!);
                break;
            case "type":
                draft.Type = NodeTypes.FromText(reader.GetString());
                break;
            case "mode":
                draft.Mode = reader.GetUInt32();
                break;
            case "mtime":
                draft.ModifiedTime = ReadTime(ref reader);
                break;
            case "atime":
                draft.AccessTime = ReadTime(ref reader);
                break;
            case "ctime":
                draft.ChangeTime = ReadTime(ref reader);
                break;
            case "uid":
                draft.UserId = reader.GetUInt32();
                break;
            case "gid":
                draft.GroupId = reader.GetUInt32();
                break;
            case "user":
                draft.User = reader.GetString()!;
                break;
            case "group":
                draft.Group = reader.GetString()!;
                break;
            case "inode":
                draft.Inode = reader.GetUInt64();
                break;
            case "device_id":
                draft.DeviceId = reader.GetUInt64();
                break;
            case "size":
                draft.Size = reader.GetUInt64();
                break;
            case "links":
                draft.Links = reader.GetUInt64();
                break;
            case "linktarget":
                draft.LinkTarget ??= reader.GetString();
                break;
            case "linktarget_raw":
                draft.LinkTarget = RawText.Decode(reader.GetBytesFromBase64());
                break;
            case "extended_attributes":
                draft.ExtendedAttributes = ReadExtendedAttributes(ref reader);
                break;
            case "generic_attributes":
                draft.GenericAttributes = ReadGenericAttributes(ref reader);
                break;
            case "device":
                draft.Device = reader.GetUInt64();
                break;
            case "content":
                draft.Content = ReadIds(ref reader);
                break;
            case "subtree":
                draft.Subtree = ReadId(ref reader);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static FileTimestamp ReadTime(ref Utf8JsonReader reader) => reader.ValueIsEscaped
        ? GoTime.Parse(reader.GetString()!)
        : GoTime.Parse(reader.ValueSpan);

    private static ObjectId ReadId(ref Utf8JsonReader reader) =>
        ObjectId.TryParse(reader.ValueSpan, out ObjectId id) ? id : throw new FormatException("an id is malformed.");

    private static List<ObjectId> ReadIds(ref Utf8JsonReader reader)
    {
        List<ObjectId> ids = [];
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ids.Add(ReadId(ref reader));
        }

        return ids;
    }

    private static List<ExtendedAttribute> ReadExtendedAttributes(ref Utf8JsonReader reader)
    {
        List<ExtendedAttribute> attributes = [];
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(ref reader, JsonTokenType.StartObject);
            string name = string.Empty;
            byte[] value = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isName = reader.ValueTextEquals("name"u8);
                bool isValue = reader.ValueTextEquals("value"u8);
                reader.Read();
                if (isName)
                {
                    name = reader.GetString() ?? throw new FormatException("an attribute has no name.");
                }
                else if (isValue && reader.TokenType != JsonTokenType.Null)
                {
                    value = reader.GetBytesFromBase64();
                }
                else
                {
                    reader.Skip();
                }
            }

            attributes.Add(new ExtendedAttribute(name, value));
        }

        return attributes;
    }

    private static List<KeyValuePair<string, string>> ReadGenericAttributes(ref Utf8JsonReader reader)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        List<KeyValuePair<string, string>> attributes = [];
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            attributes.Add(new KeyValuePair<string, string>(property.Name, property.Value.GetRawText()));
        }

        return attributes;
    }

    // What has been read of a node so far; JSON members come in any order.
    private sealed class Draft
    {
        public string? Name;
        public NodeType? Type;
        public uint Mode;
        public FileTimestamp ModifiedTime;
        public FileTimestamp AccessTime;
        public FileTimestamp ChangeTime;
        public uint UserId;
        public uint GroupId;
        public string User = string.Empty;
        public string Group = string.Empty;
        public ulong Inode;
        public ulong DeviceId;
        public ulong Size;
        public ulong Links;
        public string? LinkTarget;
        public List<ExtendedAttribute>? ExtendedAttributes;
        public List<KeyValuePair<string, string>>? GenericAttributes;
        public ulong Device;
        public List<ObjectId>? Content;
        public ObjectId? Subtree;

        public TreeNode ToNode() => new()
        {
            Name = Name ?? throw new FormatException("an entry has no name."),
            Type = Type ?? throw new FormatException($"the entry '{RawText.ToDisplay(Name)}' has no type."),
            Mode = Mode,
            ModifiedTime = ModifiedTime,
            AccessTime = AccessTime,
            ChangeTime = ChangeTime,
            UserId = UserId,
            GroupId = GroupId,
            User = User,
            Group = Group,
            Inode = Inode,
            DeviceId = DeviceId,
            Size = Size,
            Links = Links,
            LinkTarget = LinkTarget ?? string.Empty,
            ExtendedAttributes = ExtendedAttributes ?? [],
            GenericAttributes = GenericAttributes ?? [],
            Device = Device,
            Content = Content,
            Subtree = Subtree,
        };
    }
}
