using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Makes an entry's extended attributes what they should be.</summary>
internal static unsafe class AttributeChanges
{
    /// <summary>Sets what is missing or differs and removes what is not wanted.</summary>
    /// <returns>The attributes that could not be set or removed, with error numbers.</returns>
    public static IReadOnlyList<(string Name, int Error)> Apply(
        AttributeHolder holder, IReadOnlyList<ExtendedAttribute> present, IReadOnlyList<ExtendedAttribute> wanted)
    {
        List<(string Name, int Error)> failed = [];
        foreach (ExtendedAttribute attribute in wanted)
        {
            if (!present.Any(p => p.Name == attribute.Name && p.Value.AsSpan().SequenceEqual(attribute.Value)))
            {
                Note(attribute.Name, Set(holder, attribute));
            }
        }

        foreach (string name in present.Select(static p => p.Name).Except(wanted.Select(static w => w.Name)))
        {
            int error = Remove(holder, name);

            // Labels that the system's policy gave (SELinux) cannot be removed, and are not ours.
            bool isLabel = name.StartsWith("security.", StringComparison.Ordinal) && name != "security.capability";
            Note(name, error == Errno.NoData || isLabel ? 0 : error);
        }

        return failed;

        void Note(string name, int error)
        {
            if (error != 0)
            {
                failed.Add((name, error));
            }
        }
    }

    private static int Set(AttributeHolder holder, ExtendedAttribute attribute)
    {
        using PathBytes bytes = new(attribute.Name, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* name = bytes)
        fixed (byte* value = attribute.Value)
        {
            return holder.Set(name, value, (nuint)attribute.Value.Length) == 0 ? 0 : LinuxNativeMethods.LastError;
        }
    }

    private static int Remove(AttributeHolder holder, string attribute)
    {
        using PathBytes bytes = new(attribute, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* name = bytes)
        {
            return holder.Remove(name) == 0 ? 0 : LinuxNativeMethods.LastError;
        }
    }
}
