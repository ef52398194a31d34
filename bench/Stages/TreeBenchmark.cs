using System;
using System.Collections.Generic;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Trees;
using BenchmarkDotNet.Attributes;

namespace BackupModule.Stages;

/// <summary>A directory of 1,000 files as JSON. Times are for one file.</summary>
public class TreeBenchmark
{
    private const int Files = 1000;

    private readonly List<TreeNode> _nodes = [];
    private byte[] _json = [];

    /// <summary>Makes the directory.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _nodes.Clear();
        for (int i = 0; i < Files; i++)
        {
            FileTimestamp time = new(1_700_000_000 + i, i * 1000, OffsetMinutes: 0);
            _nodes.Add(new TreeNode
            {
                Name = $"file{i:0000}.txt",
                Type = NodeType.File,
                Mode = 0x1A4,
                ModifiedTime = time,
                AccessTime = time,
                ChangeTime = time,
                UserId = 1000,
                GroupId = 1000,
                User = "user",
                Group = "user",
                Inode = 1_000_000 + (ulong)i,
                DeviceId = 2049,
                Size = 2000,
                Links = 1,
                Content = [ObjectId.Hash(BitConverter.GetBytes(i))],
            });
        }

        _json = TreeEncoder.Encode(_nodes).ToArray();
    }

    /// <summary>Writes the JSON.</summary>
    [Benchmark(OperationsPerInvoke = Files)]
    public int EncodeFile() => TreeEncoder.Encode(_nodes).Length;

    /// <summary>Reads the JSON.</summary>
    [Benchmark(OperationsPerInvoke = Files)]
    public int DecodeFile() => TreeDecoder.Decode(_json).Count;
}
