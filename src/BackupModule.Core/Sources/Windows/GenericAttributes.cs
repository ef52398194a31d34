using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Windows;

/// <summary>Restic's <c>generic_attributes</c> of Windows: raw JSON by name, sorted by name.</summary>
internal static class GenericAttributes
{
    private const string CreationTime = "windows.creation_time";
    private const string FileAttributes = "windows.file_attributes";
    private const string SecurityDescriptor = "windows.security_descriptor";

    /// <summary>Writes them.</summary>
    /// <param name="creationTime">In 100 ns since 1601.</param>
    /// <param name="fileAttributes">Windows' attribute bits.</param>
    /// <param name="securityDescriptor">In self-relative form; null to leave it out.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Write(
        long creationTime, uint fileAttributes, byte[]? securityDescriptor)
    {
        string time = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"LowDateTime":{{(uint)creationTime}},"HighDateTime":{{(uint)(creationTime >> 32)}}}""");
        List<KeyValuePair<string, string>> attributes =
        [
            new(CreationTime, time),
            new(FileAttributes, fileAttributes.ToString(CultureInfo.InvariantCulture)),
        ];
        if (securityDescriptor is not null)
        {
            attributes.Add(new(SecurityDescriptor, $"\"{Convert.ToBase64String(securityDescriptor)}\""));
        }

        return attributes;
    }

    /// <summary>The creation time in 100 ns since 1601; null if the node has none that can be read.</summary>
    public static long? ReadCreationTime(TreeNode node) => Read<long?>(node, CreationTime, static json =>
        (long)json.GetProperty("HighDateTime").GetUInt32() << 32 | json.GetProperty("LowDateTime").GetUInt32());

    /// <summary>The attribute bits; null if the node has none that can be read.</summary>
    public static uint? ReadFileAttributes(TreeNode node) =>
        Read<uint?>(node, FileAttributes, static json => json.GetUInt32());

    /// <summary>The self-relative security descriptor; null if the node has none that can be read.</summary>
    public static byte[]? ReadSecurityDescriptor(TreeNode node) =>
        Read(node, SecurityDescriptor, static json => json.GetBytesFromBase64());

    private static T? Read<T>(TreeNode node, string name, Func<JsonElement, T> read)
    {
        foreach ((string key, string json) in node.GenericAttributes)
        {
            if (key == name)
            {
                try
                {
                    using JsonDocument document = JsonDocument.Parse(json);
                    return read(document.RootElement);
                }
                catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException
                    or KeyNotFoundException)
                {
                    return default;
                }
            }
        }

        return default;
    }
}
