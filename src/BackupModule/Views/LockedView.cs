using System.Management.Automation;

namespace BackupModule.Views;

/// <summary>Objects of repositories whose objects are locked are shown with the ends of locks, others without.</summary>
internal static class LockedView
{
    private const string Suffix = "#Locked";

    /// <summary>The object under a further type name, by which its view is found; as it is where nothing is locked.
    /// </summary>
    public static object Of(object output, bool isLocked)
    {
        if (!isLocked)
        {
            return output;
        }

        PSObject shown = new(output);
        shown.TypeNames.Insert(0, output.GetType().FullName + Suffix);
        return shown;
    }
}
