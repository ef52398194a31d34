using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;

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

    /// <summary>Refuses a value of another kind, which would leave the reader within it, so that what follows would be
    /// taken for something else.</summary>
    /// <exception cref="FormatException">The value is of another kind.</exception>
    internal static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
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
        TreeNodeReader node = new();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(ref reader, JsonTokenType.StartObject);
            nodes.Add(node.Read(ref reader));
        }
    }
}
