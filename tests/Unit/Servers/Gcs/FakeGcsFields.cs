using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>The choice of fields that an answer is to have: <c>items(name,size),nextPageToken</c>.</summary>
internal static class FakeGcsFields
{
    /// <summary>The chosen fields; all of them if none is named.</summary>
    public static JsonNode Choose(JsonObject whole, string? fields)
    {
        if (fields is null)
        {
            return whole;
        }

        JsonObject chosen = [];
        foreach (string field in Split(fields))
        {
            int open = field.IndexOf('(', StringComparison.Ordinal);
            string name = open < 0 ? field : field[..open];
            if (whole[name] is { } value)
            {
                chosen[name] = open < 0 ? value.DeepClone() : new JsonArray(
                    [.. value.AsArray().Select(item => Choose(item!.AsObject(), field[(open + 1)..^1]))]);
            }
        }

        return chosen;
    }

    private static List<string> Split(string fields)
    {
        List<string> parts = [];
        int depth = 0;
        int start = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            depth += fields[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (fields[i] == ',' && depth == 0)
            {
                parts.Add(fields[start..i]);
                start = i + 1;
            }
        }

        parts.Add(fields[start..]);
        return parts;
    }
}
