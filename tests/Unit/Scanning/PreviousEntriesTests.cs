using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;
using CsCheck;
using Xunit;

namespace BackupModule.Tests.Scanning;

public sealed class PreviousEntriesTests
{
    private static readonly Gen<string[]> s_names = Gen.Char['a', 'p'].Select(static c => c.ToString()).Array[0, 14];

    [Fact]
    public void Every_name_that_was_there_is_found_in_whatever_order_it_is_asked_for() => Gen.Select(s_names, s_names)
        .Sample((there, asked) =>
        {
            TreeNode[] nodes =
                [.. there.Distinct().Select(static name => new TreeNode { Name = name, Type = NodeType.File })];
            Dictionary<string, TreeNode> expected = nodes.ToDictionary(static node => node.Name);
            PreviousEntries previous = new(nodes);

            foreach (string name in asked)
            {
                Assert.Same(expected.GetValueOrDefault(name), previous.Find(name));
            }
        });
}
