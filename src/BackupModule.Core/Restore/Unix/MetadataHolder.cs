using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Whose metadata is set: an open file's, or that of a name in an open directory (never that of what a symbolic
/// link points to). All members return 0, or the error number.</summary>
internal readonly unsafe ref struct MetadataHolder
{
    private readonly int _descriptor;
    private readonly byte* _name;

    private MetadataHolder(int descriptor, byte* name)
    {
        _descriptor = descriptor;
        _name = name;
    }

    /// <summary>The holder of the extended attributes.</summary>
    public AttributeHolder Attributes =>
        _name == null ? AttributeHolder.OpenFile(_descriptor) : AttributeHolder.Entry(_descriptor, _name);

    /// <summary>The open file.</summary>
    public static MetadataHolder OpenFile(int descriptor) => new(descriptor, null);

    /// <summary>The name in the directory.</summary>
    public static MetadataHolder Entry(int directory, byte* name) => new(directory, name);

    /// <summary>Reads what a plain <c>stat</c> would.</summary>
    public int ReadStatus(FileStatus* status)
    {
        byte empty = 0;
        return Result(_name == null
            ? LinuxNativeMethods.Statx(
                _descriptor, &empty, LinuxNativeMethods.EmptyPath, FileStatus.BasicFields, status)
            : LinuxNativeMethods.Statx(
                _descriptor, _name, LinuxNativeMethods.SymlinkNoFollow, FileStatus.BasicFields, status));
    }

    /// <summary>Changes owner and group; <see cref="uint.MaxValue"/> leaves one as it is.</summary>
    public int ChangeOwner(uint user, uint group) => Result(_name == null
        ? LinuxRestoreMethods.ChangeOwnerOfFile(_descriptor, user, group)
        : LinuxRestoreMethods.ChangeOwnerAt(_descriptor, _name, user, group, LinuxNativeMethods.SymlinkNoFollow));

    /// <summary>Sets the times, as <c>utimensat</c> takes them.</summary>
    public int SetTimes(long* times) => Result(_name == null
        ? LinuxRestoreMethods.SetTimesOfFile(_descriptor, times)
        : LinuxRestoreMethods.SetTimesAt(_descriptor, _name, times, LinuxNativeMethods.SymlinkNoFollow));

    /// <summary>Changes the permissions.</summary>
    public int ChangePermissions(uint permissions) => _name == null
        ? Result(LinuxRestoreMethods.ChangeModeOfFile(_descriptor, permissions))
        : PermissionChanger.Change(_descriptor, _name, permissions);

    private static int Result(int result) => result == 0 ? 0 : LinuxNativeMethods.LastError;
}
