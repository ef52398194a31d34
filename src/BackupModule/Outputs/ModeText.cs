using System;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Outputs;

/// <summary>Writes types and permissions as <c>ls -l</c> does.</summary>
internal static class ModeText
{
    /// <summary>The ten characters, e.g. <c>-rw-r--r--</c>.</summary>
    public static string Format(TreeNode node)
    {
        Span<char> text = stackalloc char[10];
        "-rwxrwxrwx".CopyTo(text);
        for (int bit = 0; bit < 9; bit++)
        {
            if ((node.Mode & (1u << bit)) == 0)
            {
                text[9 - bit] = '-';
            }
        }

        text[0] = node.Type switch
        {
            NodeType.File => '-',
            NodeType.Directory => 'd',
            NodeType.SymbolicLink => 'l',
            NodeType.BlockDevice => 'b',
            NodeType.CharacterDevice => 'c',
            NodeType.Fifo => 'p',
            NodeType.Socket => 's',
            _ => '?',
        };
        Mark(node.Mode, GoFileMode.SetUserId, ref text[3], 's', 'S');
        Mark(node.Mode, GoFileMode.SetGroupId, ref text[6], 's', 'S');
        Mark(node.Mode, GoFileMode.Sticky, ref text[9], 't', 'T');
        return text.ToString();
    }

    private static void Mark(uint mode, uint bit, ref char place, char withExecute, char without)
    {
        if ((mode & bit) != 0)
        {
            place = place == 'x' ? withExecute : without;
        }
    }
}
