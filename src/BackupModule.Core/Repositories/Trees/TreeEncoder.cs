using System;
using System.Collections.Generic;
using System.Text;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>
/// Writes a directory as restic does, to the byte: members in its order, Go's escapes, one newline at the end. The same
/// directory therefore has the same id whichever tool backed it up.
/// </summary>
public static class TreeEncoder
{
    // What a file with one chunk and short names takes.
    private const int UsualNodeSize = 512;
    private const int LargestFirstBuffer = 1024 * 1024;

    /// <summary>The JSON of a tree, in memory of its own.</summary>
    /// <param name="nodes">The entries, ascending by <see cref="RawText.ByteOrder"/> of their names.</param>
    public static ReadOnlyMemory<byte> Encode(IReadOnlyList<TreeNode> nodes)
    {
        using EncodedTree tree = EncodePooled(nodes);
        return tree.Json.ToArray();
    }

    /// <summary>The JSON of a tree, in pooled memory that the caller gives back by disposing it.</summary>
    /// <param name="nodes">The entries, ascending by <see cref="RawText.ByteOrder"/> of their names.</param>
    public static EncodedTree EncodePooled(IReadOnlyList<TreeNode> nodes)
    {
        Utf8Builder output = new((int)Math.Min((nodes.Count + 1L) * UsualNodeSize, LargestFirstBuffer));
        output.Append("{\"nodes\":["u8);
        for (int i = 0; i < nodes.Count; i++)
        {
            if (i > 0)
            {
                output.Append((byte)',');
            }

            AppendNode(output, nodes[i]);
        }

        output.Append("]}\n"u8);
        return new EncodedTree(output);
    }

    private static void AppendNode(Utf8Builder output, TreeNode node)
    {
        output.Append("{\"name\":"u8);
        GoText.AppendQuotedJsonString(output, node.Name);
        AppendText(output, ",\"type\":"u8, NodeTypes.ToText(node.Type));
        AppendNumber(output, ",\"mode\":"u8, node.Mode);
        AppendTime(output, ",\"mtime\":\""u8, node.ModifiedTime);
        AppendTime(output, ",\"atime\":\""u8, node.AccessTime);
        AppendTime(output, ",\"ctime\":\""u8, node.ChangeTime);
        output.Append(",\"uid\":"u8);
        output.Append((ulong)node.UserId);
        output.Append(",\"gid\":"u8);
        output.Append((ulong)node.GroupId);
        AppendText(output, ",\"user\":"u8, node.User);
        AppendText(output, ",\"group\":"u8, node.Group);
        AppendNumber(output, ",\"inode\":"u8, node.Inode);
        AppendNumber(output, ",\"device_id\":"u8, node.DeviceId);
        AppendNumber(output, ",\"size\":"u8, node.Size);
        AppendNumber(output, ",\"links\":"u8, node.Links);
        AppendLinkTarget(output, node.LinkTarget);
        AppendExtendedAttributes(output, node.ExtendedAttributes);
        AppendGenericAttributes(output, node.GenericAttributes);
        AppendNumber(output, ",\"device\":"u8, node.Device);
        AppendContent(output, node.Content);
        if (node.Subtree is { } subtree)
        {
            output.Append(",\"subtree\":\""u8);
            output.Append(subtree);
            output.Append((byte)'"');
        }

        output.Append((byte)'}');
    }

    private static void AppendNumber(Utf8Builder output, ReadOnlySpan<byte> member, ulong value)
    {
        if (value != 0)
        {
            output.Append(member);
            output.Append(value);
        }
    }

    private static void AppendText(Utf8Builder output, ReadOnlySpan<byte> member, string value)
    {
        if (value.Length > 0)
        {
            output.Append(member);
            GoText.AppendJsonString(output, value);
        }
    }

    private static void AppendTime(Utf8Builder output, ReadOnlySpan<byte> memberAndQuote, FileTimestamp time)
    {
        output.Append(memberAndQuote);
        output.Append(time);
        output.Append((byte)'"');
    }

    private static void AppendLinkTarget(Utf8Builder output, string target)
    {
        AppendText(output, ",\"linktarget\":"u8, target);
        if (!RawText.IsText(target))
        {
            output.Append(",\"linktarget_raw\":\""u8);
            output.AppendBase64(RawText.Encode(target));
            output.Append((byte)'"');
        }
    }

    private static void AppendExtendedAttributes(Utf8Builder output, IReadOnlyList<ExtendedAttribute> attributes)
    {
        if (attributes.Count == 0)
        {
            return;
        }

        output.Append(",\"extended_attributes\":["u8);
        for (int i = 0; i < attributes.Count; i++)
        {
            output.Append(i == 0 ? "{\"name\":"u8 : ",{\"name\":"u8);
            GoText.AppendJsonString(output, attributes[i].Name);
            output.Append(",\"value\":\""u8);
            output.AppendBase64(attributes[i].Value);
            output.Append("\"}"u8);
        }

        output.Append((byte)']');
    }

    private static void AppendGenericAttributes(
        Utf8Builder output, IReadOnlyList<KeyValuePair<string, string>> attributes)
    {
        if (attributes.Count == 0)
        {
            return;
        }

        output.Append(",\"generic_attributes\":"u8);
        for (int i = 0; i < attributes.Count; i++)
        {
            output.Append(i == 0 ? (byte)'{' : (byte)',');
            GoText.AppendJsonString(output, attributes[i].Key);
            output.Append((byte)':');
            output.Append(Encoding.UTF8.GetBytes(attributes[i].Value));
        }

        output.Append((byte)'}');
    }

    private static void AppendContent(Utf8Builder output, IReadOnlyList<ObjectId>? content)
    {
        if (content is null)
        {
            output.Append(",\"content\":null"u8);
            return;
        }

        output.Append(",\"content\":["u8);
        for (int i = 0; i < content.Count; i++)
        {
            output.Append(i == 0 ? "\""u8 : ",\""u8);
            output.Append(content[i]);
            output.Append((byte)'"');
        }

        output.Append((byte)']');
    }
}
