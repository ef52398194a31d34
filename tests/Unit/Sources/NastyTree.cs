using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources;

namespace BackupModule.Tests.Sources;

/// <summary>A folder with all that file systems allow and backup programs stumble over.</summary>
public static class NastyTree
{
    private const string Everybody = """
        printf hello > plain
        : > empty
        printf x > "quote\"'back\\slash"
        printf x > $'new\nline\ttab\a'
        printf x > $'not utf-8 \xff\xfe \xc3('
        printf x > $'half a character \xe2\x82'
        printf x > $'nbsp\u00a0 emoji\U0001f600'
        printf x > $'\uff5e'
        printf x > ' '
        printf x > ~tilde
        printf x > $(printf 'n%.0s' {1..255})
        mkdir -p deep; (cd deep; for i in {1..60}; do mkdir "level $i"; cd "level $i"; done; printf x > bottom)
        mkdir emptydir
        ln -s plain link; ln -s /nowhere/at/all dangling; ln -s $'raw \xff target' rawlink; ln -s emptydir dirlink
        ln -s $(printf 'a/%.0s' {1..1500})b longlink
        mkfifo -m 0640 fifo
        ln plain hardlink; ln link hardlink-to-link 2>/dev/null || true
        truncate -s 3G sparse; printf end >> sparse
        printf x > suid; chmod 4755 suid
        printf x > odd; chmod 3644 odd
        mkdir sticky; chmod 1777 sticky
        printf x > none; chmod 000 none
        printf x > attributes
        setfattr -n user.empty attributes
        setfattr -n user.binary -v 0x00ff0a22 attributes
        setfattr -n user.long -v "$(head -c 3000 /dev/zero | tr '\0' v)" attributes
        setfattr -n $'user.\xc3\xa9 name' -v x attributes
        setfattr -n user.onfolder -v y emptydir
        printf x > old; touch -d '1960-02-29 12:34:56.123456789 UTC' old
        printf x > future; touch -d '2100-12-31 23:59:59.987654321 UTC' future
        touch -h -d '1999-01-01 00:00:00.000000001 UTC' dangling
        touch -d '1965-01-01 00:00:00.5 UTC' fifo deep emptydir
        """;

    private const string RootOnly = """
        mknod chardev c 1 3; mknod blockdev b 7 200; mknod bigdev c 511 1048575
        printf x > foreign; chown 12345:54321 foreign
        chown -h 12345:54321 rawlink
        setfattr -n trusted.secret -v z attributes
        setfattr -h -n trusted.onlink -v z dangling
        setfattr -n trusted.onfifo -v z fifo
        setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 plain
        """;

    private const string AccessLists = "setfacl -m u:12345:rw,g:54321:r plain; setfacl -d -m u:12345:rwx sticky";

    /// <summary>Fills the folder.</summary>
    public static void Create(string path)
    {
        Shell.Run(Everybody, path);
        if (Shell.Has("setfacl"))
        {
            Shell.Run(AccessLists, path);
        }

        if (Shell.IsRoot)
        {
            Shell.Run(RootOnly, path);
        }
    }

    /// <summary>All entries below the folder, parents first, with their paths relative to it.</summary>
    public static IEnumerable<(string Path, TreeNode Node)> Walk(
        ISourceFileSystem files, string root, string relative = "")
    {
        foreach (SourceEntry entry in files.ReadDirectory($"{root}/{relative}", static _ => true))
        {
            if (entry.Failure is not null)
            {
                throw entry.Failure;
            }

            string path = relative.Length == 0 ? entry.Name : $"{relative}/{entry.Name}";
            yield return (path, entry.Node!);
            if (entry.Node!.Type == NodeType.Directory)
            {
                foreach ((string Path, TreeNode Node) below in Walk(files, root, path))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>All that a restore brings back, as text to compare.</summary>
    public static string Describe(TreeNode node)
    {
        // A file system may return attributes in any order.
        IEnumerable<string> attributes = node.ExtendedAttributes
            .Select(static a => $"{a.Name}={Convert.ToHexString(a.Value)}").Order(StringComparer.Ordinal);
        return $"{node.Name} {node.Type} mode {node.Mode} mtime {node.ModifiedTime} atime {node.AccessTime} "
            + $"owner {node.UserId}:{node.GroupId} ({node.User}:{node.Group}) size {node.Size} links {node.Links} "
            + $"device {node.Device} target {node.LinkTarget} [{string.Join(", ", attributes)}]";
    }
}
